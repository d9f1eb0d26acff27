import Bootstrap
import Foundation

/// nginx's configuration for one machine, made from `docker/nginx/nginx.conf.template`.
struct Gateway {
    let home: Home
    let host: String
    let port: Int

    /// Writes the configuration and returns its path.
    func writeConfiguration() throws -> String {
        let path = "\(home.run)/nginx.conf"
        try render().write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func render() throws -> String {
        let name = "docker/nginx/nginx.conf.template"
        guard let template = ResourceFolder.find(name) else {
            throw UpError("\(name) was not found. Start clipyard from its checkout.")
        }
        return try values.reduce(into: String(contentsOfFile: template, encoding: .utf8)) { text, value in
            text = text.replacing("${\(value.key)}", with: value.value)
        }
    }

    private var values: [String: String] {
        [
            "USER_LINE": userLine, "RUN": home.run, "LOGS": home.logs, "TEMP": home.temporary,
            "API_SOCKET": home.apiSocket, "OBJECTS": home.objects, "HOST": host, "PORT": "\(port)",
        ]
    }

    /// Started by root, nginx's workers would become `nobody`, whom the home is closed to.
    private var userLine: String { NSUserName() == "root" ? "user root;" : "" }
}
