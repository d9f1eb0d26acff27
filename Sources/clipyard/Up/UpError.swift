import Foundation

/// Why `clipyard up` cannot start or go on: one sentence that says what to do.
struct UpError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }

    /// Turns Foundation's error about a file into words.
    init(writing path: String, failedWith error: any Error) {
        let advice = "or choose another folder with CLIPYARD_HOME."
        switch (error as? CocoaError)?.code {
        case .fileWriteOutOfSpace: self.init("The disk of \(path) is full. Free some space, \(advice)")
        case .fileWriteVolumeReadOnly: self.init("The disk of \(path) is read-only. Mount it for writing, \(advice)")
        case .fileWriteNoPermission, .fileReadNoPermission:
            self.init("\(path) may not be written by this user. Change its owner, \(advice)")
        default: self.init("\(path) cannot be used: \(error.localizedDescription) Repair it, \(advice)")
        }
    }
}
