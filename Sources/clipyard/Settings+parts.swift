import API
import Bootstrap
import Foundation
import Logging
import Postgres

/// What the commands build from the settings.
extension Settings {
    func makePool(applicationName: String, logger: Logger) throws -> PostgresPool {
        PostgresPool(try makePostgresConfiguration(applicationName: applicationName), logger: logger)
    }

    func makePostgresConfiguration(applicationName: String) throws -> PostgresConfiguration {
        var configuration = PostgresConfiguration(conninfo: try requireDatabaseURL().revealed)
        configuration.maxConnections = databaseConnections
        configuration.applicationName = applicationName
        return configuration
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
