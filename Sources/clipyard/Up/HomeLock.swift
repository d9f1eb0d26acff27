import Glibc
import SystemPackage

/// Keeps a second `clipyard up` out of a home.
///
/// The kernel lets go of it when the process ends, however it ends.
struct HomeLock {
    private let file: FileDescriptor

    init(_ home: Home) throws {
        file = try FileDescriptor.open(
            FilePath(home.lock),
            .readWrite,
            options: [.create, .closeOnExec],
            permissions: .ownerReadWrite
        )
        guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            throw UpError(
                "Another `clipyard up` already runs in \(home.path). Stop it first, or give this one its own folder and "
                    + "port: CLIPYARD_HOME=.clipyard-2 CLIPYARD_PORT=8081 make up"
            )
        }
    }
}
