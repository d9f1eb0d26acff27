import Bootstrap
import Foundation
import Testing

/// What documents say of settings is what the code does.
@Suite struct SettingsDocumentTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

    /// Read by other programs than those with `Settings`: `clipyard publish`, `clipyard-media`, the tests, and the gateway.
    private static let elsewhere: Set = [
        "CLIPYARD_CONFIG", "CLIPYARD_TOKEN", "CLIPYARD_LOG", "CLIPYARD_CORPUS", "CLIPYARD_TEST_SEED",
        "CLIPYARD_GATEWAY_API", "CLIPYARD_GATEWAY_CA_FILE", "CLIPYARD_GATEWAY_LOGS", "CLIPYARD_GATEWAY_TEMP",
        "CLIPYARD_GATEWAY_CACHE", "CLIPYARD_GATEWAY_SHUTDOWN_SECONDS",
    ]

    /// A gateway in a container listens where others reach it, and knows the region of S3 that goes without saying.
    private static let ownOfGateway: Set = ["CLIPYARD_HOST", "CLIPYARD_GATEWAY_STATUS", "CLIPYARD_STORAGE_REGION"]

    /// The machine decides.
    private static let varying: Set = ["CLIPYARD_TRANSCODE_CORES"]

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    private struct Row: Hashable, CustomStringConvertible {
        let name: String
        let value: String
        let allowed: String

        var description: String { "\(name) | \(value) | \(allowed)" }
    }

    /// Each setting with its default and what it may be, no more and no less.
    @Test func theDocumentHasEachSettingWithItsDefaultAndItsRange() async throws {
        let settings = try await Settings(environment: [:])
        let entries = settings.entries.map { entry in
            Row(name: entry.name, value: Self.varying.contains(entry.name) ? "" : entry.value, allowed: entry.allowed)
        }
        #expect(entries.count >= 90 && Set(entries.map(\.name)).count == entries.count)
        let row = /(?m)^\| `(CLIPYARD_[A-Z_]+)` \| (?:`([^`]*)`)?[^|]*\|([^|]*)\| [^|]+ \|$/
        let documented = try text("docs/settings.md").matches(of: row).map { match in
            Row(name: String(match.1), value: String(match.2 ?? ""), allowed: match.3.filter { $0 != "\n" }.trimmed)
        }
        #expect(Set(documented).subtracting(entries).isEmpty, "what the code does not do")
        #expect(Set(entries).subtracting(documented).isEmpty, "what the document does not have")
        #expect(documented.count == entries.count)
    }

    /// Every document, and what people copy.
    private func documents() throws -> [(path: String, text: String)] {
        let folders = ["docs", "docker", "pipelines", "moderation", "samples", "sql", "bench"]
        let names = try folders.flatMap { folder in
            try FileManager.default.subpathsOfDirectory(atPath: Self.root.appending(path: folder).path)
                .map { "\(folder)/\($0)" }
        }
        let endings = [".md", ".example", ".yaml", ".env"]
        let top = ["README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]
        return try (top + names.filter { name in endings.contains { name.hasSuffix($0) } }).map { ($0, try text($0)) }
    }

    @Test func noDocumentNamesASettingThatThereIsNot() async throws {
        let names = try await Settings(environment: [:]).entries.map(\.name)
        let known = Self.elsewhere.union(names)
        var count = 0
        for document in try documents() {
            for match in document.text.matches(of: /CLIPYARD_[A-Z0-9_]+/) {
                let name = String(match.0)
                // As in CLIPYARD_LIMIT_… or CLIPYARD_LIMIT_{GROUP}.
                let isBeginning = name.hasSuffix("_") && known.contains { $0.hasPrefix(name) }
                #expect(isBeginning || known.contains(name), "\(document.path): \(name)")
                count += 1
            }
        }
        #expect(count >= 200)
    }

    /// Defaults are said beside names as in “`NAME` (600)”, “(`NAME`, 10 min)” or “| `NAME` | 4 GiB |”.
    @Test func defaultsBesideNamesAreThoseOfTheCode() async throws {
        let entries = try await Settings(environment: [:]).entries
        let values = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.value) })
        let forms = [
            /`(CLIPYARD_[A-Z_]+)` \(`?([0-9][^);:`]*)`?[);:]/, /\(`(CLIPYARD_[A-Z_]+)`, `?([0-9][^);:`]*)`?[);:]/,
            /(?m)^\| `(CLIPYARD_[A-Z_]+)` \| `?([0-9][^|`]*)`? \|/,
            /`(CLIPYARD_[A-Z_]+)` \(default `?([0-9][^);:`,]*)`?[);:,]/,
        ]
        var count = 0
        var sources = try documents()
        for name in ["Settings", "APISettings", "GatewaySettings", "StorageSettings", "UploadSettings"] {
            let path = "Sources/Bootstrap/\(name).swift"
            sources.append((path, try text(path)))
        }
        for document in sources where document.path != "docs/settings.md" {
            for match in forms.flatMap({ document.text.matches(of: $0) }) {
                let name = String(match.1)
                guard let value = values[name], document.path != "docker/README.md" || !Self.ownOfGateway.contains(name)
                else { continue }
                #expect(Self.plain(match.2) == value, "\(document.path): \(match.0)")
                count += 1
            }
        }
        #expect(count >= 40, "\(count)")
    }

    /// `render` reads the names that the programs have, and has their defaults.
    @Test func aGatewayOfItsOwnHasTheSameDefaults() async throws {
        let entries = try await Settings(environment: [:]).entries
        let values = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.value) })
        var count = 0
        for match in try text("docker/nginx/render").matches(of: /\$\{(CLIPYARD_[A-Z_]+):-([^}]*)\}/) {
            let (name, value) = (String(match.1), String(match.2))
            guard let expected = values[name], !Self.ownOfGateway.contains(name) else { continue }
            // What is not set there is nothing, or comes from elsewhere.
            guard !value.isEmpty, !value.hasPrefix("$") else { continue }
            #expect(value == expected, "\(name)")
            count += 1
        }
        #expect(count >= 15, "\(count)")
    }

    /// What people write for a number of bytes or seconds, as the code has it.
    private static func plain(_ text: Substring) -> String {
        let words = text.replacing(",", with: "").split(separator: " ")
        guard words.count >= 2, let count = Int(words[0]) else { return words.first.map(String.init) ?? "" }
        let units = [
            "s": 1, "min": 60, "h": 3600, "days": 86_400, "KiB": 1024, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
        ]
        return units[String(words[1])].map { "\(count * $0)" } ?? String(text)
    }
}

extension StringProtocol {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
