import Foundation

/// The folder that `clipyard up` keeps everything in, and the names inside.
struct Home {
    let path: String
    var postgres: String { "\(path)/postgres" }
    var objects: String { "\(path)/objects" }
    var scratch: String { "\(path)/scratch" }
    var logs: String { "\(path)/logs" }
    var temporary: String { "\(path)/nginx" }
    var tokenSecret: String { "\(path)/token-secret" }
    var lock: String { "\(path)/up.lock" }
    /// Says that the samples were published once.
    var demoMarker: String { "\(path)/demo-published" }

    /// Sockets and process ids.
    ///
    /// A unix socket's path may be 107 bytes long, so a deep home has its
    /// sockets in a short folder of its own below `/tmp`.
    var run: String {
        let inside = "\(path)/run"
        guard "\(inside)/api-interaction.sock".utf8.count > 107 else { return inside }
        return "/tmp/clipyard-\(pathHash)"
    }

    /// A short name for this path, the same in every run.
    var pathHash: String { String(Self.stableHash(path), radix: 36) }

    init(_ path: String) {
        self.path = URL(filePath: path).standardized.path
    }

    /// Makes the folders.
    ///
    /// - Throws: ``UpError`` in words, for a disk that is full or read-only or not ours.
    func prepare() throws(UpError) {
        do {
            for folder in [path, objects, scratch, logs, temporary, run] {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
            try closeLogs()
            try closeToOthers()
            // A disk can be full and still take a folder.
            try Data(count: 64 << 10).write(to: URL(filePath: "\(path)/write-test"))
            try FileManager.default.removeItem(atPath: "\(path)/write-test")
        } catch {
            throw UpError(writing: path, failedWith: error)
        }
        try requireFreeSpace()
    }

    /// Logs are for this user and its group, those of earlier versions too, however the programs open them.
    private func closeLogs() throws {
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: logs) {
            try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: "\(logs)/\(name)")
        }
    }

    /// Uploads, sources, and sockets are this user's alone.
    private func closeToOthers() throws {
        for folder in [objects, scratch, temporary, run] {
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
        }
    }

    /// The secret that signs tokens, made at the first start.
    func loadTokenSecret() throws(UpError) -> String {
        if let secret = try? String(contentsOfFile: tokenSecret, encoding: .utf8), secret.utf8.count >= 32 {
            return secret
        }
        let secret = (0..<4).map { _ in String(UInt64.random(in: 0 ... .max), radix: 16) }.joined() + "-clipyard-tokens"
        let isWritten = FileManager.default.createFile(
            atPath: tokenSecret,
            contents: Data(secret.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        guard isWritten else {
            throw UpError("\(tokenSecret) cannot be written. Check the folder's owner and permissions.")
        }
        return secret
    }

    private static let requiredMebibytes: Int64 = 256

    private func requireFreeSpace() throws(UpError) {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value else { return }
        guard free >> 20 >= Self.requiredMebibytes else {
            throw UpError(
                "Only \(free >> 20) MiB are free on the disk of \(path), and Clipyard needs \(Self.requiredMebibytes) to "
                    + "start. Free some, or choose another folder with CLIPYARD_HOME."
            )
        }
    }

    /// FNV-1a: the same for the same path in every run, which `Hasher` is not.
    private static func stableHash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
