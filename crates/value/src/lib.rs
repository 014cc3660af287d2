//! What travels on a wire: pictures, masks, text, numbers, lists.
