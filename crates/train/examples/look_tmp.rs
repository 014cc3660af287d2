//! x
#![allow(clippy::all, clippy::unwrap_used, clippy::print_stdout, reason="x")]
use weft_train::data::*;
fn main(){ let a:Vec<String>=std::env::args().collect(); let s=DataSet::open(a[1].as_ref()).unwrap(); let n=128usize;
 let keys=["1f34e","1f63a","1f680","1f3e0","1f511","1f47b","1f43c","1f469-200d-1f680"]; let cols=9; let rows=keys.len()*2;
 let mut im=image::RgbImage::new((cols*n) as u32,(rows*n) as u32); let mut d=Dice::new(3,0); let mut t=std::time::Duration::ZERO;
 for (r,(k,st)) in keys.iter().flat_map(|k|[(*k,0usize),(*k,2)]).enumerate(){ let st=if r%2==1&&r%4==1{3}else{st};
  let c=s.concepts().iter().position(|c|c.key==k).unwrap(); let p=s.rgba(s.find(c,st).unwrap()).unwrap();
  let m=silhouette(&p); let f=filled(&m,n); let t0=std::time::Instant::now(); let e=edges(&p,n,Contours::default()).unwrap(); t+=t0.elapsed();
  let e2=edges(&p,n,Contours::any(&mut d)).unwrap(); let o=outline(&f,n);
  let planes=vec![m,f.clone(),e.clone(),e2,o.clone(),thickened(&e,n,2),thickened(&e,n,3),thickened(&o,n,3)];
  let mut put=|col:usize,x:&[f32]|{ for y in 0..n{for xx in 0..n{ let v=|c:usize|((x[c*n*n+y*n+xx]+1.0)*127.5).round() as u8; im.put_pixel((col*n+xx) as u32,(r*n+y) as u32,image::Rgb([v(0),v(1),v(2)])); }}};
  let mut b=vec![0.0;3*n*n]; picture(&p,[1.0;3],&mut b); put(0,&b);
  for (i,pl) in planes.iter().enumerate(){ spread(pl,&mut b); put(i+1,&b);} }
 println!("canny {:?} each", t/rows as u32); im.save(&a[2]).unwrap();
}
