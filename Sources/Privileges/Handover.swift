import CLinux
import Glibc

/// Gives what root made in a folder to an unprivileged user.
///
/// Only what belongs to root changes hands. Links are not followed, other file
/// systems are not entered, and a file with a second name is left alone unless
/// root alone could have given it that name: the user might have put a name of
/// somebody else's file into the folder.
public struct Handover {
    private let user: ServiceUser
    private let device: UInt64

    /// Hands over a folder and everything below.
    ///
    /// - Returns: how many files and folders changed hands.
    @discardableResult
    public static func run(_ path: String, to user: ServiceUser) -> Int {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { return 0 }
        defer { close(folder) }
        var facts = stat()
        guard fstat(folder, &facts) == 0 else { return 0 }
        let handover = Handover(user: user, device: UInt64(facts.st_dev))
        return handover.contents(of: folder, isRoots: isRoots(facts)) + handover.give(folder, facts)
    }

    /// Until root gives a folder away, nobody else can make names in it.
    private static func isRoots(_ facts: stat) -> Bool {
        facts.st_uid == 0 && facts.st_mode & (S_IWGRP | S_IWOTH) == 0
    }

    /// The folder itself comes last, so that nobody changes it meanwhile.
    private func contents(of folder: Int32, isRoots: Bool) -> Int {
        Self.names(in: folder).reduce(0) { $0 + entry($1, in: folder, isRoots: isRoots) }
    }

    private func entry(_ name: String, in folder: Int32, isRoots: Bool) -> Int {
        let file = clinux_open_name(folder, name)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, UInt64(facts.st_dev) == device else { return 0 }
        guard facts.st_mode & S_IFMT == S_IFDIR else {
            return facts.st_nlink == 1 || isRoots ? give(file, facts) : 0
        }
        let inner = openat(file, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard inner >= 0 else { return 0 }
        defer { close(inner) }
        return contents(of: inner, isRoots: isRoots && Self.isRoots(facts)) + give(file, facts)
    }

    private func give(_ file: Int32, _ facts: stat) -> Int {
        guard facts.st_uid == 0 else { return 0 }
        return clinux_chown(file, user.uid, user.gid) == 0 ? 1 : 0
    }

    private static func names(in folder: Int32) -> [String] {
        let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let listing = fdopendir(copy) else { return [] }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
