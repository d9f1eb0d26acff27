import Bootstrap
import Hummingbird
import Logging

/// `/healthz` of a worker: the process is there; `/readyz`: it can claim jobs and start confined children now.
enum WorkerHealth {
    static func makeService(
        at address: ListenAddress,
        logger: Logger,
        check: @escaping @Sendable () async throws -> Void
    ) -> some ApplicationProtocol {
        let router = Router()
        router.get("/healthz") { _, _ in HTTPResponse.Status.ok }
        router.get("/readyz") { _, _ in
            do {
                try await check()
                return HTTPResponse.Status.ok
            } catch {
                logger.debug("not ready", metadata: ["error": "\(error)"])
                return HTTPResponse.Status.serviceUnavailable
            }
        }
        return Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port)),
            logger: Log.make("health", level: .error)
        )
    }
}
