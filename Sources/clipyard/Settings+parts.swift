import API
import Bootstrap
import Foundation
import Logging
import Postgres

/// What the commands build from the settings.
extension Settings {
    func makePool(applicationName: String, logger: Logger) throws -> PostgresPool {
        var configuration = PostgresConfiguration(conninfo: try requireDatabaseURL().revealed)
        configuration.maxConnections = databaseConnections
        configuration.applicationName = applicationName
        return PostgresPool(configuration, logger: logger)
    }

    func makeAPIConfiguration() throws -> APIConfiguration {
        var configuration = APIConfiguration(
            publicBaseURL: publicURL,
            tokenSecret: try requireTokenSecret().revealed
        )
        configuration.tokenLifetime = .seconds(tokenLifetimeSeconds)
        configuration.uploadMaxBytes = Int64(uploadMaxBytes)
        configuration.servesMedia = servesMedia
        return configuration
    }
}
