//! A certificate authority made for one test, and certificates of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

/// An authority whose root is in a file.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: PathBuf,
}

/// The files of a certificate.
#[derive(Clone, Debug)]
pub struct CertificateFiles {
    /// PEM.
    pub cert: PathBuf,
    /// PEM.
    pub key: PathBuf,
}

impl Authority {
    /// Makes one, its root as `ca.pem` in `folder`.
    pub fn new(folder: &Path) -> Self {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, "Holdfast test authority");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("a key");
        let root = parameters.self_signed(&key).expect("a root");
        write(&folder.join("ca.pem"), &root.pem());
        Self { issuer: Issuer::new(parameters, key), folder: folder.to_owned() }
    }

    /// The root's file, PEM: what clients are told to trust.
    pub fn root(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// A certificate for `localhost`, `127.0.0.1` and `::1`, in files that begin with `name`; those that are there are
    /// replaced.
    pub fn certify(&self, name: &str) -> CertificateFiles {
        let mut parameters = CertificateParams::new(["localhost".to_owned()]).expect("parameters");
        let addresses = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
        parameters.subject_alt_names.extend(addresses.map(rcgen::SanType::IpAddress));
        self.signed(name, "localhost", parameters)
    }

    /// A certificate for `host` alone, in files that begin with `name`; one that has expired if `expired`.
    pub fn certify_as(&self, name: &str, host: &str, expired: bool) -> CertificateFiles {
        let mut parameters = CertificateParams::new([host.to_owned()]).expect("parameters");
        if expired {
            parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
            parameters.not_after = rcgen::date_time_ymd(2021, 1, 1);
        }
        self.signed(name, host, parameters)
    }

    fn signed(&self, name: &str, host: &str, mut parameters: CertificateParams) -> CertificateFiles {
        parameters.distinguished_name.push(DnType::CommonName, host);
        parameters.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters.signed_by(&key, &self.issuer).expect("a certificate");
        let files = CertificateFiles {
            cert: self.folder.join(format!("{name}.pem")),
            key: self.folder.join(format!("{name}.key")),
        };
        write(&files.key, &key.serialize_pem());
        write(&files.cert, &certificate.pem());
        files
    }
}

fn write(path: &Path, text: &str) {
    use std::io::Write;
    let mut file = std::fs::File::create(path).expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    let mut permissions = file.metadata().expect("metadata").permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o600);
    file.set_permissions(permissions).expect("permissions");
}
