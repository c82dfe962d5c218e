//! Prints what the shield gets wrong in a file of labelled cases: `cargo run --example misses FILE`.
//! For those who work on the rules; the output holds the cases' ids, never their values.

use shield::{Shield, score};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("want a file of labelled cases")?;
    let lines = std::fs::read_to_string(path)?;
    let shield = Shield::builtin();
    let (answers, _) = score::answers(&shield, &lines)?;
    for answer in answers.iter().filter(|answer| answer.wanted != answer.given) {
        let name = |class: Option<model::Class>| class.map_or("benign", model::Class::as_str);
        println!("{} {} {} → {}", answer.id, answer.ctx, name(answer.wanted), name(answer.given));
    }
    println!("{}", score::score(&shield, &lines)?);
    Ok(())
}
