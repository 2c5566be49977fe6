//! Addresses as SMTP transmits them.

use lettre::Address;

/// The address with its domain in ASCII: punycode for an internationalized domain, which every mail
/// server supports. The local part has no form in ASCII; unless it is ASCII, the server must offer
/// SMTPUTF8.
///
/// # Errors
/// The reason as a text, which does not contain the address.
pub(super) fn wire_address(text: &str) -> Result<Address, String> {
    let address: Address =
        text.parse().map_err(|error| format!("the address cannot be written to: {error}"))?;
    if address.domain().is_ascii() {
        return Ok(address);
    }
    let domain = idna::domain_to_ascii(address.domain())
        .map_err(|_| "the domain of the address has no form in ASCII".to_owned())?;
    Address::new(address.user(), domain)
        .map_err(|error| format!("the address cannot be written to: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_domain_is_converted_to_punycode() {
        for (typed, wire) in [
            ("ada@example.com", "ada@example.com"),
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
            ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
            ("жанна@пример.рф", "жанна@xn--e1afmkfd.xn--p1ai"),
        ] {
            assert_eq!(wire_address(typed).unwrap().to_string(), wire);
        }
        for bad in ["", "ada", "ada@", "a@b\r\nRCPT TO:<eve@example.com>"] {
            assert!(wire_address(bad).is_err(), "{bad:?}");
        }
    }
}
