import Database
import Domain

/// The newest videos at one moment, newest first.
struct FeedSnapshot<Renderer: FeedRenderer>: Sendable {
    struct Entry: Sendable {
        let id: VideoID
        let authorID: UserID
        let publishedMilliseconds: Int64
        let video: Renderer.Video
    }

    let entries: [Entry]
    /// Whether there are no older videos than these.
    let isComplete: Bool
    /// What most people ask for; `nil` when there is no video at all.
    let firstPage: (page: LiveFeed<Renderer>.Page, rendered: Renderer.Page)?

    init(_ entries: [Entry], isComplete: Bool, renderer: Renderer) {
        self.entries = entries
        self.isComplete = isComplete
        guard !entries.isEmpty else {
            firstPage = nil
            return
        }
        let page = LiveFeed<Renderer>.Page(entries.prefix(FeedCursor.pageLength), end: 0)
        firstPage = (page, renderer.render(page.videos, nextTime: page.nextTime))
    }

    /// The videos published before a time; `nil` where some of them are not here.
    func entries(before milliseconds: Int64) -> ArraySlice<Entry>? {
        let start = firstIndex(before: milliseconds)
        let slice = entries[start...].prefix(FeedCursor.pageLength)
        return isComplete || slice.count == FeedCursor.pageLength ? slice : nil
    }

    /// Binary search: times fall from the first entry to the last.
    private func firstIndex(before milliseconds: Int64) -> Int {
        var range = entries.startIndex..<entries.endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if entries[middle].publishedMilliseconds < milliseconds {
                range = range.lowerBound..<middle
            } else {
                range = middle + 1..<range.upperBound
            }
        }
        return range.lowerBound
    }
}
