extension Settings {
    /// The connection string.
    ///
    /// - Throws: ``SettingsError`` that names the variable, if it is not set.
    public func requireDatabaseURL() throws(SettingsError) -> Secret {
        guard let databaseURL else {
            throw SettingsError(mistakes: [
                "CLIPYARD_DATABASE_URL is not set: give the address of a PostgreSQL database, for example "
                    + "postgresql://user:password@localhost/clipyard, or use `clipyard up`, which brings its own."
            ])
        }
        return databaseURL
    }

    /// The secret that signs tokens.
    ///
    /// - Throws: ``SettingsError`` if it is absent or short enough to be guessed.
    public func requireTokenSecret() throws(SettingsError) -> Secret {
        guard let tokenSecret, tokenSecret.revealed.utf8.count >= 32 else {
            throw SettingsError(mistakes: [
                "CLIPYARD_TOKEN_SECRET must be set to at least 32 characters, the same for every process; "
                    + "`openssl rand -hex 32` makes one."
            ])
        }
        return tokenSecret
    }
}
