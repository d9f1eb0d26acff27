@testable import StoreParsers

/// What object stores answer.
extension Subject {
    static let stores = [
        Subject("xml") { bytes in _ = XMLElement(document: bytes) },
        Subject("storage-time") { bytes in _ = StorageTime.parse(bytes.text) },
    ]
}
