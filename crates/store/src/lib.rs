//! Content-addressed results: memory with a byte budget, then disk.
