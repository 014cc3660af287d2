use burn::tensor::*;
use safetensors::SafeTensors;
use std::time::Instant;
use weft_vision::edge::*;

fn f32s(d: &[u8]) -> Vec<f32> { d.chunks_exact(4).map(|c| f32::from_le_bytes(c.try_into().unwrap())).collect() }
fn save(path: &str, v: &[f32], w: usize, h: usize) {
    let mut b = format!("P5 {w} {h} 255\n").into_bytes();
    b.extend(v.iter().map(|x| (x.clamp(0., 1.) * 255.).round() as u8));
    std::fs::write(path.replace(".png", ".pgm"), b).unwrap();
}
fn host(t: Tensor<4>) -> Vec<f32> { t.try_into_vec_as::<f32>().unwrap() }
fn maxdiff(a: &[f32], b: &[f32]) -> f32 { assert_eq!(a.len(), b.len()); a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0., f32::max) }

fn edges(device: &Device) {
    let bytes = std::fs::read("/work/main/crates/vision/fixtures/edge.safetensors").unwrap();
    let st = SafeTensors::deserialize(&bytes).unwrap();
    for name in ["astronaut", "coffee", "chelsea"] {
        let g = st.tensor(&format!("{name}.gray")).unwrap();
        let (h, w) = (g.shape()[0], g.shape()[1]);
        let v: Vec<f32> = g.data().iter().map(|b| *b as f32 / 255.).collect();
        let luma = Tensor::<4>::from_data(TensorData::new(v, [1, 1, h, w]), device);
        for (s, l, hi) in [("1.4", "0.03", "0.06"), ("2.5", "0.02", "0.05"), ("0.8", "0.05", "0.15"), ("0.0", "0.1", "0.2")] {
            let want = st.tensor(&format!("{name}.canny.{s}.{l}.{hi}")).unwrap().data().to_vec();
            let got = host(canny(luma.clone(), s.parse().unwrap(), l.parse().unwrap(), hi.parse().unwrap()).unwrap());
            let mut n = 0; let mut d = 0;
            for (i, g) in got.iter().enumerate() {
                let wv = (want[i / 8] >> (7 - i % 8)) & 1;
                n += wv as usize;
                d += (wv as f32 != *g) as usize;
            }
            println!("{name} {s} {l} {hi}: {n} edges, {d} differ");
            save(&format!("/work/scratch/look/canny_{name}_{s}.png"), &got, w, h);
        }
        let c = luma.narrow(2, 0, 64).narrow(3, 0, 71);
        let t = |k: &str| f32s(st.tensor(&format!("{name}.{k}")).unwrap().data());
        let g = sobel(c.clone());
        println!("{} {} {} {} {}", maxdiff(&host(g.magnitude()), &t("sobel")), maxdiff(&host(g.across), &t("sobel.across")), maxdiff(&host(g.down), &t("sobel.down")),
            maxdiff(&host(scharr(c.clone()).magnitude()), &t("scharr")), maxdiff(&host(laplacian(c)), &t("laplace")));
    }
}

fn bench(device: &Device) {
    let (w, h) = (1920, 1080);
    let rgb = std::fs::read("/work/scratch/look/big.raw").unwrap();
    let luma = Tensor::<4>::from_data(TensorData::new(rgb.iter().map(|b| *b as f32 / 255.).collect::<Vec<_>>(), [1, 1, h, w]), device);
    for _ in 0..15 {
        let t0 = Instant::now();
        let g = sobel(luma.clone()); let _ = host(g.across.clone().slice([0..1,0..1,0..1,0..1]));
        let t1 = Instant::now();
        let th = thin(&g); let _ = host(th.clone().slice([0..1,0..1,0..1,0..1]));
        let t2 = Instant::now();
        let e = hysteresis(th, 0.03, 0.06).unwrap(); let _ = host(e.slice([0..1,0..1,0..1,0..1]));
        let t3 = Instant::now();
        let e = canny(luma.clone(), 1.4, 0.03, 0.06).unwrap(); let v = host(e);
        let t4 = Instant::now();
        println!("sobel {:?} thin {:?} hyst {:?}; canny {:?} ({} edges)", t1 - t0, t2 - t1, t3 - t2, t4 - t3, v.iter().filter(|x| **x > 0.).count());
    }
}

fn hed(device: &Device) {
    let bytes = std::fs::read("/work/scratch/weights/hed.safetensors").unwrap();
    let t = Instant::now();
    let net = weft_models::hed::Hed::read(&weft_models::hed::Config::VGG16, &bytes, device).unwrap();
    println!("read {:?}", t.elapsed());
    let bytes = std::fs::read("/work/scratch/weights/hed_ref.safetensors").unwrap();
    let st = SafeTensors::deserialize(&bytes).unwrap();
    for name in ["astronaut", "coffee", "chelsea"] {
        let g = st.tensor(&format!("{name}.rgb")).unwrap();
        let (h, w) = (g.shape()[0], g.shape()[1]);
        let v: Vec<f32> = g.data().iter().map(|b| *b as f32 / 255.).collect();
        let rgb = Tensor::<4>::from_data(TensorData::new(v, [1, h, w, 3]), device).permute([0, 3, 1, 2]);
        let t = Instant::now();
        let out = host(net.forward(rgb, |_, _| Ok::<_, ()>(())).unwrap());
        println!("{name} {:?} diff {}", t.elapsed(), maxdiff(&out, &f32s(st.tensor(&format!("{name}.hed")).unwrap().data())));
        save(&format!("/work/scratch/look/hed_{name}.png"), &out, w, h);
    }
}

fn main() {
    let device = match std::env::args().nth(2) { Some(_) => weft_tensor::choose(weft_tensor::DeviceChoice::Gpu(None)).unwrap().device, None => Device::flex() };
    match std::env::args().nth(1).unwrap().as_str() { "edges" => edges(&device), "bench" => bench(&device), "hed" => hed(&device), "hedbig" => hedbig(&device), _ => {} }
}

fn hedbig(device: &Device) {
    let bytes = std::fs::read("/work/scratch/weights/hed.safetensors").unwrap();
    let net = weft_models::hed::Hed::read(&weft_models::hed::Config::VGG16, &bytes, device).unwrap();
    let t = Instant::now();
    let rgb = Tensor::<4>::full([1, 3, 1080, 1920], 0.4, device);
    let out = net.forward(rgb, |i, _| { println!("{i} {:?}", t.elapsed()); Ok::<_, ()>(()) }).unwrap();
    println!("{:?} {:?}", out.dims(), t.elapsed());
    println!("{}", std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
