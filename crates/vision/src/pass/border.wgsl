// Which of `length` pixels stands at `place`, or -1 for none; borders are numbered as `Border` lists them.
fn beyond(place: i32, length: i32, border: f32) -> i32 {
    if border == 0.0 {
        return clamp(place, 0, length - 1);
    }
    if border == 1.0 {
        let period = 2 * length;
        let within = ((place % period) + period) % period;
        return min(within, period - 1 - within);
    }
    return select(-1, place, place >= 0 && place < length);
}

