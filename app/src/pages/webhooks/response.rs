//! The last response of a receiver, in words.

/// `HTTP 204 in 85 ms`, or why there was no response.
pub(super) fn response_words(delivery: &domain::Delivery) -> String {
    let duration = delivery.duration_ms.unwrap_or_default();
    let status = delivery.response_status.map(|status| format!("HTTP {status} in {duration} ms"));
    let error = delivery.error.as_deref().filter(|error| {
        // The status says so too.
        status.is_none() || !error.starts_with("the receiver answered")
    });
    let error = error.map(|error| {
        let mut letters = error.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect::<String>()
        })
    });
    let result = [status, error].into_iter().flatten().collect::<Vec<_>>().join(". ");
    if result.is_empty() { "None yet".to_owned() } else { result }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(fields: serde_json::Value) -> String {
        let mut delivery = json!({
            "id": "01939a00-0000-7000-8000-000000000000",
            "messageId": "msg_1",
            "eventType": "webhook.test",
            "status": "PENDING",
            "attempts": 1,
            "createdAt": "2026-11-23T12:00:00Z",
            "payload": "{}",
        });
        for (name, value) in fields.as_object().unwrap() {
            delivery[name] = value.clone();
        }
        response_words(&serde_json::from_value(delivery).unwrap())
    }

    #[test]
    fn a_response_is_its_status_or_the_reason_why_there_is_none() {
        assert_eq!(words(json!({})), "None yet");
        assert_eq!(words(json!({ "responseStatus": 204, "durationMs": 85 })), "HTTP 204 in 85 ms");
        let answered = json!({
            "responseStatus": 500, "durationMs": 7, "error": "the receiver answered 500",
        });
        assert_eq!(words(answered), "HTTP 500 in 7 ms");
        let refused = json!({ "durationMs": 2, "error": "the connection was refused" });
        assert_eq!(words(refused), "The connection was refused");
        let disabled = json!({
            "responseStatus": 500, "durationMs": 7, "error": "the webhook was disabled",
        });
        assert_eq!(words(disabled), "HTTP 500 in 7 ms. The webhook was disabled");
    }
}
