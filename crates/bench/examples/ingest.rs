//! `cargo run --release -p bench --example ingest ADDR WRITE_KEY SECONDS [DATA_FOLDER] [PID] [ACKNOWLEDGED_FILE]`

use bench::Config;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "want ADDR WRITE_KEY SECONDS [DATA_FOLDER] [PID] [ACKNOWLEDGED_FILE]";
    let mut config = Config::new(arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?);
    config.seconds = arguments.next().ok_or(usage)?.parse()?;
    config.data_dir = arguments.next().map(Into::into);
    config.pid = arguments.next().map(|pid| pid.parse()).transpose()?;
    config.acknowledged_file = arguments.next().map(Into::into);
    let report = bench::ingest(&config).await?;
    eprint!("{report}");
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}
