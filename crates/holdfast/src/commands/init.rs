//! `holdfast init`: an installation, its first workspace with a source, and codes for its owner and operator.

use serde_json::json;

use crate::cli::Init;
use crate::config::Config;
use crate::installation::Installation;
use crate::outcome::{Failure, Outcome};
use crate::server::core::Core;

pub(super) fn run(arguments: &Init) -> Outcome {
    let config = super::configured(&arguments.place)?;
    let made = make(&config, false, &arguments.workspace, &arguments.owner)?;
    let second = match arguments.second_operator {
        true => {
            let code = made.core.guard.install_second_operator();
            Some(code.map_err(|error| Failure::failed(error.to_string()))?)
        }
        false => None,
    };
    if arguments.json {
        let mut document = made.document();
        if let Some(code) = &second {
            document["second_operator_code"] = json!(code.expose());
        }
        return super::print_json(&document);
    }
    println!("workspace      {}", made.workspace);
    println!("write key      {}", made.write_key);
    println!("set-up page    {}   (once, within 24 h, for {})", made.setup_url, arguments.owner);
    println!("operator code  {}   (once, within 24 h, at {}/enrol)", made.operator_code, made.console_url);
    if let Some(code) = &second {
        println!("and another's  {}   (once, within 24 h, for somebody else)", code.expose());
    }
    println!("\nnext: holdfast serve --data {}", config.data.display());
    Ok(())
}

/// What was made. The codes are shown once and stored as keyed hashes.
pub(crate) struct Made {
    pub(crate) core: Core,
    pub(crate) workspace: model::WorkspaceId,
    pub(crate) write_key: String,
    pub(crate) setup_code: String,
    pub(crate) setup_url: String,
    pub(crate) operator_code: String,
    pub(crate) console_url: String,
}

impl Made {
    fn document(&self) -> serde_json::Value {
        json!({
            "workspace": self.workspace,
            "write_key": self.write_key,
            "setup_code": self.setup_code,
            "setup_url": self.setup_url,
            "operator_code": self.operator_code,
        })
    }
}

/// Makes the installation.
pub(crate) fn make(config: &Config, demo: bool, workspace: &str, owner: &str) -> Outcome<Made> {
    let installation = Installation::make(&config.data, config, demo)?;
    let core = Core::open(installation, config, config.console.addr.port())?;
    let installed =
        core.guard.install(workspace, owner).map_err(|error| Failure::invalid(error.to_string()))?;
    let id = installed.workspace.id;
    let source = core
        .control
        .write(|tx| collect::source::create(tx, id, "Website", core.clock.now_ms()))
        .map_err(|error| Failure::failed(error.to_string()))?;
    let console_url = core.console_url.clone();
    let setup_code = installed.setup_code.expose().clone();
    Ok(Made {
        workspace: id,
        write_key: source.write_key,
        setup_url: format!("{console_url}/enrol#{setup_code}"),
        setup_code,
        operator_code: installed.operator_code.expose().clone(),
        console_url,
        core,
    })
}
