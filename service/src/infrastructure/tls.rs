//! TLS to the database and to Redis: certificate authorities, and faults of certificates as
//! sentences for an operator.

use std::{error::Error, io, sync::Arc};

use rustls::{
    CertificateError, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

/// The options that an operator has to look at.
pub(crate) struct Names {
    /// The server, as the subject of a sentence.
    pub(crate) server: &'static str,
    /// The variable with its address.
    pub(crate) url: &'static str,
    /// The variable with the file of a private authority.
    pub(crate) ca_file: &'static str,
}

/// Why a TLS connection failed, and what to change. `None` for an error that has another cause.
pub(crate) fn fault(error: &(dyn Error + 'static), names: &Names) -> Option<String> {
    let Names { server, url, ca_file } = names;
    Some(match find(error)? {
        rustls::Error::InvalidCertificate(fault) => match fault {
            CertificateError::UnknownIssuer => format!(
                "no authority that is trusted has signed the certificate of {server}: set \
                 {ca_file} to a file with the certificate of the authority that has"
            ),
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                format!(
                    "the certificate of {server} is for another name than the host in {url}: \
                     use a name that the certificate contains ({fault})"
                )
            }
            fault => format!("the certificate of {server} is not valid: {fault}"),
        },
        fault => format!("{server} refuses TLS: {fault}"),
    })
}

/// The error of rustls in a chain of errors.
fn find<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(found) = error.downcast_ref::<rustls::Error>() {
        return Some(found);
    }
    // The sources of these two skip the error inside.
    if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        return find(inner);
    }
    if let Some(inner) = error.downcast_ref::<Arc<dyn Error + Send + Sync>>() {
        return find(&**inner);
    }
    find(error.source()?)
}

/// The certificates of a text in PEM. `None` if it has none, or one that cannot be read.
pub(crate) fn authorities(pem: &str) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots.add(certificate.ok()?).ok()?;
    }
    (!roots.is_empty()).then_some(roots)
}

/// Makes ring the provider of cryptography for every client in this process that has none of its
/// own. May be called again.
pub fn install_crypto_provider() {
    // An error means that there is a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Whether a text contains certificates in PEM, and all of them can be read.
pub fn is_authority(pem: &str) -> bool {
    authorities(pem).is_some()
}

/// Mozilla's authorities.
pub(crate) fn public_authorities() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_a_certificate_is_found_inside_an_io_error() {
        let names = Names { server: "Redis", url: "REDIS_URL", ca_file: "REDIS_CA_FILE" };
        let wrapped = |error: rustls::Error| io::Error::new(io::ErrorKind::InvalidData, error);
        let unknown = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let said = fault(&wrapped(unknown), &names).unwrap();
        assert!(said.contains("set REDIS_CA_FILE"), "{said}");
        assert_eq!(fault(&io::Error::other("refused"), &names), None);
    }

    #[test]
    fn a_text_without_a_certificate_has_no_authority() {
        assert!(authorities("no certificate").is_none());
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(authorities(broken).is_none());
        let pem = include_str!("../../tests/it/certificates/authority.pem");
        assert_eq!(authorities(pem).unwrap().len(), 1);
    }
}
