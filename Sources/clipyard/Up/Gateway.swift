import Bootstrap
import Foundation

/// nginx's configuration for one machine, made from the templates of `docker/nginx/`.
struct Gateway {
    let home: Home
    let settings: Settings
    let layout: APILayout

    /// Writes the configuration and returns its path.
    func writeConfiguration() throws -> String {
        try write(layout.upstreams, as: "upstreams.conf")
        return try write("docker/nginx/nginx.conf.template", as: "nginx.conf")
    }

    @discardableResult
    private func write(_ template: String, as name: String) throws -> String {
        let path = "\(home.run)/\(name)"
        try render(template).write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func render(_ name: String) throws -> String {
        guard let template = ResourceFolder.find(name) else {
            throw UpError("\(name) was not found. Start clipyard from its checkout.")
        }
        return try values.reduce(into: String(contentsOfFile: template, encoding: .utf8)) { text, value in
            text = text.replacing("${\(value.key)}", with: value.value)
        }
    }

    private var values: [String: String] {
        let all = GatewayLimit(settings.gatewayLimit)
        let account = GatewayLimit(settings.gatewayAccountLimit)
        return [
            "USER_LINE": userLine, "RUN": home.run, "LOGS": home.logs, "TEMP": home.temporary,
            "OBJECTS": home.objects, "HOST": settings.host, "PORT": "\(settings.port)",
            "LIMIT_KEY": all.key, "LIMIT_RATE": all.rate, "LIMIT_BURST": "\(all.burst)",
            "LIMIT_RETRY_AFTER": "\(all.retryAfterSeconds)",
            "ACCOUNT_LIMIT_KEY": account.key, "ACCOUNT_LIMIT_RATE": account.rate,
            "ACCOUNT_LIMIT_BURST": "\(account.burst)",
            "ACCOUNT_LIMIT_RETRY_AFTER": "\(max(all.retryAfterSeconds, account.retryAfterSeconds))",
        ]
    }

    /// Started by root, nginx's workers would become `nobody`, whom the home is closed to.
    private var userLine: String { NSUserName() == "root" ? "user root;" : "" }
}
