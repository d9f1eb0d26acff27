import Foundation

/// The user that a private server runs as: we ourselves, unless we are root.
struct ServerUser: Sendable {
    let uid: uid_t
    let gid: gid_t

    var mustSwitch: Bool { uid != geteuid() }

    static func choose() throws(PostgresError) -> ServerUser {
        guard geteuid() == 0 else { return ServerUser(uid: geteuid(), gid: getegid()) }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) { return ServerUser(uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid) }
        }
        throw PostgresError(
            .cluster,
            message: "PostgreSQL does not run as root, and there is no user postgres or nobody"
        )
    }

    /// Whether this user can pass through every folder above `path` that exists.
    func canReach(_ path: String) -> Bool {
        guard mustSwitch else { return true }
        var folder = URL(filePath: path).deletingLastPathComponent()
        while folder.path != "/" {
            var info = stat()
            if stat(folder.path, &info) == 0, !canPass(info) { return false }
            folder = folder.deletingLastPathComponent()
        }
        return true
    }

    private func canPass(_ info: stat) -> Bool {
        if info.st_uid == uid { return info.st_mode & S_IXUSR != 0 }
        if info.st_gid == gid { return info.st_mode & S_IXGRP != 0 }
        return info.st_mode & S_IXOTH != 0
    }
}
