//! Keeps the sessions of browsers.

use async_trait::async_trait;
use domain::Timestamp;
use service::{Context, sessions};
use tower_sessions::{
    SessionStore,
    cookie::time::OffsetDateTime,
    session::{Id, Record},
    session_store::{Error, Result},
};

use super::SessionCache;

/// The session store of this installation: the database, and in front of it Redis if there is one.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    pub(crate) ctx: Context,
    pub(crate) cache: Option<SessionCache>,
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            let (id, data, expires) = row(record)?;
            if sessions::create(&self.ctx, id, data, expires).await.map_err(backend)? {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (id, data, expires) = row(record)?;
        sessions::save(&self.ctx, id.clone(), data.clone(), expires).await.map_err(backend)?;
        if let Some(cache) = &self.cache {
            cache.save(&id, &data).await;
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let id = id.to_string();
        if let Some(cache) = &self.cache
            && let Some(data) = cache.load(&id).await
            && let Ok(record) = serde_json::from_str::<Record>(&data)
            && timestamp(record.expiry_date)? > self.ctx.now()
        {
            return Ok(Some(record));
        }
        let data = sessions::load(&self.ctx, id.clone()).await.map_err(backend)?;
        if let (Some(cache), Some(data)) = (&self.cache, &data) {
            cache.save(&id, data).await;
        }
        let record = data.as_deref().map(serde_json::from_str).transpose();
        record.map_err(|error| Error::Decode(error.to_string()))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let id = id.to_string();
        sessions::delete(&self.ctx, id.clone()).await.map_err(backend)?;
        if let Some(cache) = &self.cache {
            cache.delete(&id).await;
        }
        Ok(())
    }
}

fn row(record: &Record) -> Result<(String, String, Timestamp)> {
    let data = serde_json::to_string(record).map_err(|error| Error::Encode(error.to_string()))?;
    Ok((record.id.to_string(), data, timestamp(record.expiry_date)?))
}

/// tower-sessions tells the time in the `time` crate's words.
fn timestamp(time: OffsetDateTime) -> Result<Timestamp> {
    Timestamp::from_unix(time.unix_timestamp())
        .ok_or_else(|| Error::Encode("an expiry out of range".into()))
}

fn backend(error: service::Error) -> Error {
    tracing::error!(error = &error as &dyn std::error::Error, "sessions cannot be read or written");
    Error::Backend("the session store failed".into())
}
