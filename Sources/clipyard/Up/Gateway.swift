import Bootstrap
import Foundation

/// nginx's configuration for one machine, made from the templates of `docker/nginx/`.
struct Gateway {
    let home: Home
    let settings: Settings
    let layout: APILayout
    let store: GatewayStore

    /// Signs the addresses of private media; the API has the same.
    let mediaSecret: String

    /// Writes the configuration and returns its path.
    func writeConfiguration() throws -> String {
        try requireCertificate()
        try write(layout.upstreams, as: "upstreams.conf")
        for part in ["store", "media"] {
            try write("docker/nginx/\(part)-\(store.kind).conf.template", as: "\(part).conf")
        }
        try writeStatus()
        // nginx makes folders of a cache, but not those above them.
        try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
        for part in Self.parts { try write("docker/nginx/\(part).conf.template", as: "\(part).conf") }
        return "\(home.run)/nginx.conf"
    }

    private static let parts = [
        "access", "media-headers", "media-public", "media-private", "refusals", "refusal-headers", "security-headers",
        "nginx",
    ]

    private func requireCertificate() throws {
        let files = [settings.gateway.certificate, settings.gateway.certificateKey].compactMap(\.self)
        for file in files where !FileManager.default.isReadableFile(atPath: file) {
            throw UpError("\(file) cannot be read. CLIPYARD_TLS_CERTIFICATE and CLIPYARD_TLS_KEY must be PEM files.")
        }
    }

    private func writeStatus() throws {
        guard settings.gateway.status == nil else {
            return try write("docker/nginx/status.conf.template", as: "status.conf")
        }
        try Data().write(to: URL(filePath: "\(home.run)/status.conf"))
    }

    private var cache: String { "\(home.temporary)/cache" }

    private func write(_ template: String, as name: String) throws {
        let path = "\(home.run)/\(name)"
        // The secret is in them.
        let isWritten = FileManager.default.createFile(
            atPath: path,
            contents: Data(try render(template).utf8),
            attributes: [.posixPermissions: 0o600]
        )
        guard isWritten else { throw UpError("\(path) cannot be written. Check the folder's owner and permissions.") }
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
        [
            "USER_LINE": userLine, "RUN": home.run, "LOGS": home.logs, "TEMP": home.temporary,
            "CACHE": cache, "CACHE_MIB": "\(settings.gateway.cacheMebibytes)",
            "CACHE_SECONDS": "\(settings.gateway.cacheSeconds)", "HOST": settings.host,
            "PORT": "\(settings.port)", "LISTEN_OPTIONS": isSecure ? " ssl http2" : "", "TLS_LINES": tlsLines,
            "STATUS_LISTEN": settings.gateway.status ?? "", "MEDIA_SECRET": mediaSecret,
            "ACCESS_SECONDS": "\(settings.gateway.accessSeconds)", "BODY_MAX_BYTES": "\(bodyMaxBytes)",
        ].merging(limits) { $1 }.merging(connections) { $1 }.merging(outside) { $1 }.merging(store.values) { $1 }
    }

    private var limits: [String: String] {
        let all = GatewayLimit(settings.gateway.limit)
        let account = GatewayLimit(settings.gateway.accountLimit)
        return [
            "LIMIT_KEY": all.key, "LIMIT_RATE": all.rate, "LIMIT_BURST": "\(all.burst)",
            "LIMIT_RETRY_AFTER": "\(all.retryAfterSeconds)",
            "ACCOUNT_LIMIT_KEY": account.key, "ACCOUNT_LIMIT_RATE": account.rate,
            "ACCOUNT_LIMIT_BURST": "\(account.burst)",
            "ACCOUNT_LIMIT_RETRY_AFTER": "\(max(all.retryAfterSeconds, account.retryAfterSeconds))",
        ]
    }

    /// A form has a little beside its file, a picture for the cover among it.
    private var bodyMaxBytes: Int { settings.api.uploads.maxBytes + settings.api.pictureMaxBytes + 64 << 20 }

    /// How many connections there may be, and how long each may take to say something.
    private var connections: [String: String] {
        let count = settings.gateway.connections
        let perAddress = settings.gateway.connectionsPerAddress
        return [
            // A request that is passed on has two.
            "CONNECTIONS": "\(count)", "OPEN_FILES": "\(OpenFiles.raise(to: 2 * count + 1024))",
            "CONNECTION_KEY": perAddress > 0 ? "$binary_remote_addr" : "\"\"",
            "CONNECTION_LIMIT": "\(max(1, perAddress))",
            "HEAD_SECONDS": "\(settings.api.headSeconds)", "BODY_SECONDS": "\(settings.api.bodySeconds + 5)",
            // nginx is never told to read its configuration again here; this is for what a killed one leaves behind.
            "SHUTDOWN_SECONDS": "20",
        ]
    }

    /// Who stands before this gateway, and whose pages use what is behind it.
    private var outside: [String: String] {
        let gateway = settings.gateway
        let proxies = gateway.trustedProxies.map { "set_real_ip_from \($0); " }.joined()
        let isHTTPS = isSecure || settings.publicURL.hasPrefix("https://")
        return [
            "REAL_IP_LINES": proxies.isEmpty ? "" : proxies + "real_ip_header X-Forwarded-For; real_ip_recursive on;",
            "HSTS": isHTTPS && gateway.hstsSeconds > 0 ? "max-age=\(gateway.hstsSeconds)" : "",
            "MEDIA_SHARED": gateway.mediaSharedSeconds.map { ", s-maxage=\($0)" } ?? "",
            "LIST_SHARED": gateway.listSharedSeconds.map { ", s-maxage=\($0)" } ?? "",
            "CORS_LINES": corsLines,
        ]
    }

    private var corsLines: String {
        let origins = settings.api.corsOrigins.filter { $0 != "none" }
        guard !origins.contains("*") else { return "default \"*\";" }
        return (origins.map { "\"\($0)\" \"\($0)\";" } + ["default \"\";"]).joined(separator: " ")
    }

    private var isSecure: Bool { settings.gateway.certificate != nil }

    private var tlsLines: String {
        guard let certificate = settings.gateway.certificate, let key = settings.gateway.certificateKey else {
            return ""
        }
        return """
            ssl_certificate \(Self.absolute(certificate));
                    ssl_certificate_key \(Self.absolute(key));
                    ssl_protocols TLSv1.2 TLSv1.3;
                    ssl_session_cache shared:tls:10m;
                    ssl_session_timeout 1d;
                    ssl_session_tickets off;
            """
    }

    /// nginx would look for a relative path in the home.
    private static func absolute(_ path: String) -> String { URL(filePath: path).standardized.path }

    /// Started by root, nginx's workers would become `nobody`, whom the home is closed to.
    private var userLine: String { NSUserName() == "root" ? "user root;" : "" }
}
