//! `holdfast attribute`: which export a leaked file came from.

use std::io::Read;
use std::path::Path;

use serde_json::Value;

use super::query::Api;
use crate::cli::Attribute;
use crate::outcome::{Failure, Outcome};

/// How much of a file is sent; of a larger one lines from all over it.
const SENT_BYTES_MAX: usize = 900_000;

pub(super) fn run(arguments: &Attribute) -> Outcome {
    let text = read(&arguments.file)?;
    let api = Api::new(&arguments.server)?;
    let workspace = api.workspace(arguments.server.workspace.as_deref())?;
    let path = format!("/api/v1/workspaces/{workspace}/exports/attribute");
    let found = api.send_text(&path, &sample(&text, SENT_BYTES_MAX))?;
    if arguments.json {
        return super::print_json(&found);
    }
    super::print(&told(&found))
}

fn read(file: &Path) -> Outcome<String> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(file).map(|found| bytes = found)
    };
    read.map_err(|error| Failure::failed(format!("cannot read {}: {error}", file.display())))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// As much of the text as is sent: all of it, or lines at even distances.
fn sample(text: &str, bytes_max: usize) -> String {
    let every = text.len().div_ceil(bytes_max.max(1)).max(1);
    let mut sample = String::new();
    for line in text.lines().step_by(every) {
        if sample.len() + line.len() + 1 > bytes_max {
            break;
        }
        sample.push_str(line);
        sample.push('\n');
    }
    sample
}

fn told(found: &Value) -> String {
    let mut text = match (found["export"].as_str(), found["proof"].as_str()) {
        (Some(export), Some("canary")) => {
            format!("{export}\nproved: somebody is in the file who was in this export and nowhere else\n")
        }
        (Some(export), _) => {
            format!("{export}\nproved: the file's people are exactly this export's, and no other's\n")
        }
        _ => match found["guess"].as_str() {
            Some(guess) => {
                format!("nothing proves which export it is; the likeliest is {guess}, which accuses nobody\n")
            }
            None => "no export of this workspace has anybody of it\n".to_owned(),
        },
    };
    text.push_str(&format!("{} lines looked at, {} people recognised\n", found["lines"], found["people"]));
    for trace in found["exports"].as_array().into_iter().flatten() {
        let grant = trace["grant"].as_str().unwrap_or_default();
        let (canaries, people, of) = (&trace["canaries"], &trace["people"], &trace["of"]);
        text.push_str(&format!("  {grant}  {canaries} canaries, {people} people of {of}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_large_file_lines_from_all_over_it_are_sent() {
        let text: String = (0..10_000).map(|line| format!("{line:04}\n")).collect();
        let sent = sample(&text, 5_000);
        assert!(sent.len() <= 5_000);
        let last: u32 = sent.lines().last().unwrap().parse().unwrap();
        assert!(last > 9_000, "{last}");
        assert_eq!(sample("a\nb\n", 5_000), "a\nb\n");
    }
}
