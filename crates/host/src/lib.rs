//! Loads plugins, watches files, swaps packs.
