import Foundation

/// The PostgreSQL server that is installed on this machine.
struct ServerBinaries: Sendable {
    let directory: String
    let majorVersion: Int

    /// The oldest version that has what the migrations use.
    private static let oldest = 14

    func path(_ tool: String) -> String { "\(directory)/\(tool)" }

    /// Where to look: in the folders of a distribution's versions, then along the PATH.
    struct Places: Sendable {
        /// Debian and Ubuntu keep each version in a folder of its own, which is not on the PATH.
        var versions = "/usr/lib/postgresql"
        var path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    }

    /// The newest version, or the one that made the data.
    static func find(version wanted: Int?, in places: Places = Places()) throws(PostgresError) -> ServerBinaries {
        let found = (byVersion(in: places.versions) + onPath(places.path)).filter { $0.majorVersion >= oldest }
        if let wanted {
            if let binaries = found.first(where: { $0.majorVersion == wanted }) { return binaries }
            let message = """
                the data was made by PostgreSQL \(wanted), which is not installed; install the package postgresql-\(wanted)
                """
            throw PostgresError(.cluster, message: message)
        }
        guard let newest = found.max(by: { $0.majorVersion < $1.majorVersion }) else {
            let message = "no PostgreSQL server is installed; run `make setup`, or give the URL of a server"
            throw PostgresError(.cluster, message: message)
        }
        return newest
    }

    private static func byVersion(in folder: String) -> [ServerBinaries] {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return versions.compactMap { version in
            guard let number = Int(version) else { return nil }
            return ServerBinaries(directory: "\(folder)/\(version)/bin", majorVersion: number).ifComplete
        }
    }

    private static func onPath(_ path: String) -> [ServerBinaries] {
        path.split(separator: ":").compactMap { folder in
            let candidate = ServerBinaries(directory: String(folder), majorVersion: 0)
            guard candidate.ifComplete != nil else { return nil }
            // "postgres (PostgreSQL) 16.3 (Debian 16.3-1)"
            let answer = try? ServerCommand(candidate.path("postgres"), ["--version"]).run()
            let version = answer?.output.firstMatch(of: /\(PostgreSQL\) (\d+)/).flatMap { Int($0.1) }
            return version.map { ServerBinaries(directory: candidate.directory, majorVersion: $0) }
        }
    }

    private var ifComplete: ServerBinaries? {
        ["postgres", "initdb", "pg_ctl"].allSatisfy { FileManager.default.isExecutableFile(atPath: path($0)) }
            ? self : nil
    }
}
