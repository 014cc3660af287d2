//! x
#![allow(clippy::print_stdout, reason="x")]
use weft_train::data::*;
fn main(){ let s=DataSet::open(std::env::args().nth(1).unwrap().as_ref()).unwrap(); let mut d=Dice::new(1,0);
 for c in s.concepts(){ println!("{} | {} | {} | {}", thing(c), caption(c,None,&mut d), caption(c,Some(&s.styles()[d.below(9)]),&mut d), if Split::holds(&c.key){"held"}else{""}); } 
 let t=std::time::Instant::now(); let all:Vec<usize>=(0..s.pictures().len()).collect(); let px=s.rgba_of(&all).unwrap(); eprintln!("read all {} MB in {:?}", px.len()/1_000_000, t.elapsed());
}
