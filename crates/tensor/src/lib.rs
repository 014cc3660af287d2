//! Device choice and the fast paths that burn lacks.
