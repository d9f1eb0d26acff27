import Foundation

/// The files of one cluster.
struct DataDirectory {
    let path: String
    let user: ServerUser

    /// The major version of the server that made it, or nil if there is none.
    var version: Int? {
        let text = try? String(contentsOfFile: "\(path)/PG_VERSION", encoding: .utf8)
        return text.flatMap { Int($0.split(separator: "\n").first ?? "") }
    }

    /// Makes a cluster beside its place and moves it there once it is whole.
    ///
    /// What a killed attempt has left behind is thrown away.
    func create(with binaries: ServerBinaries, role: String, isDurable: Bool) throws {
        let partial = path + ".partial"
        if FileManager.default.fileExists(atPath: partial) { try FileManager.default.removeItem(atPath: partial) }
        var arguments = [
            "-D", partial, "--username=\(role)", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
            "--data-checksums",
        ]
        if !isDurable { arguments.append("--no-sync") }
        let answer = try ServerCommand(binaries.path("initdb"), arguments, as: user).run()
        let parent = URL(filePath: path).deletingLastPathComponent().path
        guard answer.status == 0 else {
            try? FileManager.default.removeItem(atPath: partial)
            throw ServerProblem(output: answer.output, directory: parent).error(doing: "make")
        }
        // Fails if there is a folder with something in it, which is not ours to throw away.
        guard rename(partial, path) == 0 else { throw ServerFolder.failure(errno, at: path) }
        ServerFolder.sync(parent)
    }

    /// Whether a server has it open.
    ///
    /// A server that was killed leaves its file behind, whose number may belong to
    /// another process by now, after a restart of a container in particular. Neither
    /// must that one be stopped, nor does PostgreSQL start beside it.
    var isRunning: Bool {
        let file = "\(path)/postmaster.pid"
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return false }
        guard let process = text.split(separator: "\n").first.flatMap({ Int32($0) }) else { return false }
        // The program's name: a command line may have the word in a path, too.
        let program = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
        if program?.trimmed == "postgres" { return true }
        try? FileManager.default.removeItem(atPath: file)
        return false
    }
}

/// What a failed command said, as one sentence.
struct ServerProblem {
    let output: String
    let directory: String

    func error(doing verb: String) -> PostgresError {
        PostgresError(.cluster, message: "PostgreSQL could not \(verb) its cluster: \(reason)")
    }

    private var reason: String {
        let known = [
            ("No space left on device", "there is no space left on the disk of \(directory)"),
            ("Disk quota exceeded", "the disk quota for \(directory) is used up"),
            ("Read-only file system", "the disk of \(directory) is read-only"),
        ]
        if let match = known.first(where: { output.contains($0.0) }) { return match.1 }
        let lines = output.split(separator: "\n")
        let telling = lines.filter { $0.contains("FATAL") || $0.contains("error:") || $0.contains("PANIC") }
        return (telling.isEmpty ? lines.suffix(3) : telling.suffix(3)).joined(separator: "; ")
    }
}
