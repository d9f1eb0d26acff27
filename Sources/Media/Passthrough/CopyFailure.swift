/// Why a source that looked fit to be copied is encoded after all.
enum CopyFailure: Error {
    case brokenPackets
    /// The sound goes on so long after the pictures that the last one has to be repeated.
    case soundOutlastsPictures
}
