import Foundation

/// Removes what programs that were killed have left in a folder of this machine.
struct ScratchSweep: Sendable {
    let folder: String
    let isOurs: @Sendable (_ name: String) -> Bool

    /// Removes files that have not changed for so long; returns how many.
    func run(olderThan age: Duration) -> Int {
        let limit = Date().addingTimeInterval(-Double(age.components.seconds))
        let files = FileManager.default
        // A folder that is missing has nothing to be removed.
        return ((try? files.contentsOfDirectory(atPath: folder)) ?? []).count { name in
            let path = "\(folder)/\(name)"
            guard isOurs(name),
                let modified = try? files.attributesOfItem(atPath: path)[.modificationDate] as? Date, modified < limit
            else { return false }
            return (try? files.removeItem(atPath: path)) != nil
        }
    }
}
