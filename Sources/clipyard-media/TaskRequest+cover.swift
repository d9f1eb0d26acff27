import Domain
import MediaTasks

extension TaskRequest {
    /// What the cover shows.
    var coverChoice: CoverChoice {
        switch cover {
        case nil: .automatic
        case .at(let seconds): .at(seconds: seconds)
        case .image(let path): .image(path: path)
        }
    }
}
