import Bootstrap
import ObjectStorage

extension Settings {
    /// The store that these settings name.
    func openStore() throws -> any ObjectStore { try openStore(storage.location) }

    /// A store at another location, with the same way in.
    func openStore(_ location: String) throws -> any ObjectStore {
        var options = ObjectStores.Options()
        options.endpoint = storage.endpoint
        options.internalEndpoint = storage.internalEndpoint
        options.region = storage.region
        options.isPathStyle = storage.isPathStyle
        options.signature = storage.signature == .v1 ? .v1 : .v4
        if let accessKey = storage.accessKey, let secretKey = storage.secretKey {
            options.credentials = StorageCredentials(
                accessKey: accessKey.revealed,
                secretKey: secretKey.revealed,
                sessionToken: storage.sessionToken?.revealed
            )
        }
        options.configuration.scratch = scratch
        if let path = storage.certificateAuthorities { options.configuration.trust = .file(path: path) }
        options.configuration.deadlines = CurlDeadlines(
            connectSeconds: storage.connectSeconds,
            stalledSeconds: storage.stalledSeconds,
            totalSeconds: storage.totalSeconds
        )
        options.configuration.retry.maxAttempts = storage.attempts
        return try ObjectStores.open(location, options)
    }
}
