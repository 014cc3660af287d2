//! Test support: picture comparison, fixtures and the per-device loop.
