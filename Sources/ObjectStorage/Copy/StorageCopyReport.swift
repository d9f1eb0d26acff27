/// What a copy has done so far.
public struct StorageCopyReport: Sendable, Equatable, Encodable {
    public struct Failure: Sendable, Equatable, Encodable {
        public let key: String
        public let reason: String
    }

    /// How many objects the source has, and their bytes.
    public let objects: Int
    public let bytes: Int64
    public private(set) var copied = 0
    public private(set) var copiedBytes: Int64 = 0
    /// What was in the target already.
    public private(set) var skipped = 0
    /// What was removed from the source meanwhile.
    public private(set) var vanished = 0
    /// Of objects; others were copied all the same.
    public private(set) var failures: [Failure] = []
    /// Why no more objects were tried: a store takes or gives nothing at all right now.
    public private(set) var stop: String?
    /// Bytes of the objects that are done with, whatever became of them.
    public private(set) var doneBytes: Int64 = 0

    init(objects: Int, bytes: Int64) {
        self.objects = objects
        self.bytes = bytes
    }

    /// Whether the target has all that the source has.
    public var isComplete: Bool { stop == nil && failures.isEmpty }

    mutating func count(_ outcome: StorageCopy.Outcome) {
        switch outcome {
        case .copied(let sizeBytes):
            copied += 1
            copiedBytes += sizeBytes
            doneBytes += sizeBytes
        case .skipped(let sizeBytes):
            skipped += 1
            doneBytes += sizeBytes
        case .vanished(let sizeBytes):
            vanished += 1
            doneBytes += sizeBytes
        case .failed(let key, let error):
            failures.append(Failure(key: key.rawValue, reason: error.description))
            if error.meansNoOtherWillDo { stop = stop ?? error.description }
        }
    }
}

extension StorageError {
    /// The next object would fail for the same reason.
    fileprivate var meansNoOtherWillDo: Bool { [.full, .denied, .network, .busy].contains(code) }
}
