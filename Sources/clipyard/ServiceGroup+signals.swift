import Bootstrap
import ServiceLifecycle
import UnixSignals

extension ServiceGroup {
    /// Runs services until one ends, or until SIGTERM or SIGINT has stopped them gracefully, the last one first.
    ///
    /// - Parameters:
    ///   - services: what runs.
    ///   - patience: how long stopping may take before the service's task is cancelled.
    /// - Throws: what a service throws.
    static func run(_ services: [any Service], patience: Duration? = nil) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Log.make("lifecycle", level: .error)
        )
        configuration.maximumGracefulShutdownDuration = patience
        try await ServiceGroup(configuration: configuration).run()
    }
}
