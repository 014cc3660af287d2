//! Plans and runs graphs on an ECS.
