//! x
#![allow(clippy::all, clippy::unwrap_used, clippy::print_stdout, reason="x")]
use weft_train::data::*; use std::time::Instant;
fn main(){ let t=Instant::now(); let s=DataSet::open(std::env::args().nth(1).unwrap().as_ref()).unwrap(); println!("open {:?}",t.elapsed());
 let t=Instant::now(); let all:Vec<usize>=(0..s.pictures().len()).collect(); let px=s.rgba_of(&all).unwrap(); println!("unpack {} MB {:?}",px.len()/1000000,t.elapsed());
 let t=Instant::now(); for p in px.chunks(65536).take(50){ edges(p,128,Contours::default()).unwrap(); } println!("canny {:?}",t.elapsed()/50);
 let t=Instant::now(); let mut o=vec![0.0;3*128*128]; for p in px.chunks(65536).take(50){ picture(p,[1.0;3],&mut o); } println!("picture {:?}",t.elapsed()/50);
 let e=silhouette(&px[..65536]); let t=Instant::now(); for _ in 0..50 { thickened(&e,128,3); } println!("thick {:?}",t.elapsed()/50);
 let t=Instant::now(); for _ in 0..50 { filled(&e,128); } println!("filled {:?}",t.elapsed()/50);
}
