import Foundation

/// One file of a folder of migrations.
struct MigrationFile: Sendable {
    /// As in `0001_jobs.sql`.
    let name: String
    let script: String

    private static func isWellNamed(_ name: String) -> Bool { name.wholeMatch(of: /\d{4}_[a-z0-9_]+\.sql/) != nil }

    /// Reads all files, in their order.
    static func load(from directory: String) throws(PostgresError) -> [MigrationFile] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".sql") }
                .sorted()
        } catch {
            throw PostgresError(.migration, message: "the folder of migrations \(directory) cannot be read")
        }
        if let name = names.first(where: { !isWellNamed($0) }) {
            throw PostgresError(.migration, message: "\(name) is not named like 0001_jobs.sql")
        }
        for (first, second) in zip(names, names.dropFirst()) where first.prefix(4) == second.prefix(4) {
            throw PostgresError(.migration, message: "\(first) and \(second) have the same number")
        }
        return try names.map { (name) throws(PostgresError) in try MigrationFile(name, in: directory) }
    }

    private init(_ name: String, in directory: String) throws(PostgresError) {
        self.name = name
        do {
            script = try String(contentsOf: URL(filePath: directory).appending(path: name), encoding: .utf8)
        } catch {
            throw PostgresError(.migration, message: "the migration \(name) cannot be read: \(error)")
        }
    }
}
