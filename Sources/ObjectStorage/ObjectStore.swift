/// Where the bytes of uploads and of finished videos live.
public protocol ObjectStore: Sendable {
    /// Moves a file into the store, replacing the object that had this key.
    ///
    /// When it returns, the object survives a power cut; before, nobody sees
    /// any of it. On failure the file is still where it was.
    func put(_ key: ObjectKey, movingFile path: String) async throws

    /// Brings an object to a local path, which must not exist yet.
    ///
    /// The file may share its bytes with the store, so it must not be written to.
    func fetch(_ key: ObjectKey, to path: String) async throws

    /// The bytes of an object, or those of them within `range`, which is cut at the object's end.
    func get(_ key: ObjectKey, range: Range<Int64>?) async throws -> ObjectBody

    /// What is known about an object; `nil` when there is none.
    func head(_ key: ObjectKey) async throws -> ObjectInfo?

    /// Every object whose key begins with these characters, in the order of the keys.
    ///
    /// `videos/1` also finds `videos/12/…`; write `videos/1/` to mean the folder.
    func list(prefix: String) async throws -> [ObjectInfo]

    /// Removes objects. One that does not exist is no error.
    func delete(_ keys: [ObjectKey]) async throws

    /// Removes every object that `list(prefix:)` finds.
    func deleteAll(prefix: String) async throws
}
