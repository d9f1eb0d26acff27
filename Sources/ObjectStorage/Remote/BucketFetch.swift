import Glibc
import NIOCore
import NIOPosix

/// Brings one object into a new file, which is gone again when that fails.
struct BucketFetch {
    let store: BucketObjectStore
    let key: ObjectKey
    let path: String

    func run() async throws {
        let body = try await store.get(key, range: nil)
        let file = try await store.threads.runIfActive {
            try FileDescriptor(opening: path, flags: O_WRONLY | O_CREAT | O_EXCL)
        }
        do {
            for try await piece in body {
                try await store.threads.runIfActive { try file.write(piece) }
            }
        } catch {
            unlink(path)
            throw error
        }
    }
}
