//! TLS of the clients in this process.

/// Makes ring the provider of cryptography for every client in this process that has none of its
/// own. May be called again.
pub fn install_crypto_provider() {
    // An error means that there is a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
