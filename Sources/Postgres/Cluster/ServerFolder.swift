import Foundation

/// Makes folders that the server's user alone can open.
enum ServerFolder {
    /// A folder with mode 0700 of that user, with those above it as they come.
    static func make(_ path: String, for user: ServerUser) throws(PostgresError) {
        try makeParents(of: path)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure(errno, at: path) }
        var info = stat()
        // A link, or a folder of somebody else in a shared place such as /tmp, is not ours to use.
        guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR, [geteuid(), user.uid].contains(info.st_uid)
        else {
            throw PostgresError(.cluster, message: "\(path) belongs to somebody else")
        }
        guard chown(path, user.uid, user.gid) == 0, chmod(path, 0o700) == 0 else { throw failure(errno, at: path) }
    }

    private static func makeParents(of path: String) throws(PostgresError) {
        let parent = URL(filePath: path).deletingLastPathComponent().path
        guard parent != "/", !FileManager.default.fileExists(atPath: parent) else { return }
        try makeParents(of: parent)
        guard mkdir(parent, 0o755) == 0 || errno == EEXIST else { throw failure(errno, at: parent) }
    }

    /// Makes a rename in that folder survive a power cut.
    static func sync(_ path: String) {
        let folder = open(path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    static func failure(_ code: Int32, at path: String) -> PostgresError {
        PostgresError(
            .cluster,
            message: "the database folder \(path) cannot be used: \(String(cString: strerror(code)))"
        )
    }
}

/// A number made of a path, for names that are short and always the same (FNV-1a, 64 bits).
func stableHash(_ path: String) -> String {
    let hash = path.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
}
