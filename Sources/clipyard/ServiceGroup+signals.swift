import Bootstrap
import ServiceLifecycle
import UnixSignals

extension ServiceGroup {
    /// Runs a service until it ends, or until SIGTERM or SIGINT has stopped it gracefully.
    ///
    /// - Parameters:
    ///   - service: what runs.
    ///   - patience: how long stopping may take before the service's task is cancelled.
    /// - Throws: what the service throws.
    static func run(_ service: any Service, patience: Duration? = nil) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [service],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Log.make("lifecycle", level: .error)
        )
        configuration.maximumGracefulShutdownDuration = patience
        try await ServiceGroup(configuration: configuration).run()
    }
}
