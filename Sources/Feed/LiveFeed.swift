public import Database
public import Domain
import Foundation
import Synchronization

/// Every video that everyone may see, newest first, the newest of them in memory.
///
/// Times of publishing are unique and grow with the order of commits, so going
/// on before the time of the last one seen finds each video once, whatever is
/// published meanwhile. Whoever hears of changes keeps the memory current; before
/// the first ``reload()``, and beyond what is kept, pages come from the database.
public final class LiveFeed<Renderer: FeedRenderer>: Sendable {
    typealias Snapshot = FeedSnapshot<Renderer>

    /// A page of rendered videos with the ids that viewers' marks are looked up by.
    public final class Page: Sendable {
        public let videos: [Renderer.Video]
        public let ids: [VideoID]
        public let authors: [UserID]
        /// The cursor of the page that follows, in milliseconds since 1970.
        public let nextTime: Int64

        init(_ entries: some Collection<Snapshot.Entry>, end: Int64) {
            videos = entries.map(\.video)
            ids = entries.map(\.id)
            authors = entries.map(\.authorID)
            nextTime = entries.reduce(nil) { $1.publishedMilliseconds } ?? end
        }
    }

    private let videos: Videos
    private let renderer: Renderer
    private let capacity: Int
    private let snapshot = Mutex<Snapshot?>(nil)
    private let firstPageMarks: MarkLoader<Page>

    /// Loads nothing yet.
    ///
    /// - Parameters:
    ///   - videos: where they are kept.
    ///   - renderer: makes what is handed out.
    ///   - capacity: how many of the newest videos stay in memory, each rendered in about 500 bytes.
    public init(_ videos: Videos, renderer: Renderer, capacity: Int = 3000) {
        self.videos = videos
        self.renderer = renderer
        self.capacity = capacity
        firstPageMarks = MarkLoader { viewers, page in
            try await videos.marks(of: viewers, videos: page.ids, authors: page.authors)
        }
    }

    /// The first page as it was rendered last; `nil` before there is one.
    public var firstPage: Renderer.Page? { snapshot.withLock { $0?.firstPage?.rendered } }

    public func page(from cursor: FeedCursor) async throws -> Page {
        if let page = readyPage(from: cursor) { return page }
        let found = try await videos.newest(before: cursor.milliseconds, limit: FeedCursor.pageLength)
        return Page(found.map(entry), end: Self.end(of: cursor))
    }

    /// Nothing older: the same cursor again, so that asking on stays at the end.
    ///
    /// Where there is nothing at all, the present, because the far future would not be a time to a client.
    private static func end(of cursor: FeedCursor) -> Int64 {
        min(cursor.milliseconds, Int64(Date().timeIntervalSince1970 * 1000))
    }

    /// Which videos of a page a viewer likes, and which of their authors they follow.
    public func marks(of viewer: UserID, on page: Page) async throws -> ViewerMarks {
        try await withCheckedThrowingContinuation { continuation in
            loadMarks(of: viewer, on: page) { continuation.resume(with: $0) }
        }
    }

    /// The same for callers who do not wait; `completion` is called from any thread, or at once where there is no video.
    public func loadMarks(
        of viewer: UserID,
        on page: Page,
        completion: @escaping @Sendable (Result<ViewerMarks, any Error>) -> Void
    ) {
        guard !page.ids.isEmpty else { return completion(.success(ViewerMarks())) }
        let isFirst = snapshot.withLock { $0?.firstPage?.page === page }
        if isFirst { return firstPageMarks.load(viewer, on: page, completion: completion) }
        Task {
            do {
                let marks = try await videos.marks(of: [viewer], videos: page.ids, authors: page.authors)
                completion(.success(marks[viewer] ?? ViewerMarks()))
            } catch {
                completion(.failure(error))
            }
        }
    }

    /// A page that is in memory; `nil` where it is not.
    public func readyPage(from cursor: FeedCursor) -> Page? {
        let current = snapshot.withLock { $0 }
        if cursor == .newest, let page = current?.firstPage?.page { return page }
        return current?.entries(before: cursor.milliseconds).map { Page($0, end: Self.end(of: cursor)) }
    }

    private func entry(_ video: VideoSummary) -> Snapshot.Entry {
        Snapshot.Entry(
            id: video.id,
            authorID: video.author.id,
            publishedMilliseconds: video.publishedMilliseconds ?? 0,
            video: renderer.render(video)
        )
    }
}

/// Keeping the memory current; called by one task.
extension LiveFeed {
    /// Forgets what is in memory and loads it anew.
    public func reload() async throws {
        let newest = try await videos.newest(before: FeedCursor.newest.milliseconds, limit: capacity)
        install(newest.map(entry), isComplete: newest.count < capacity)
    }

    /// Looks again at videos that appeared, disappeared or changed.
    public func refresh(videos ids: [VideoID]) async throws {
        guard let current = snapshot.withLock({ $0 }) else { return try await reload() }
        let changed = Set(ids)
        var entries = current.entries.filter { !changed.contains($0.id) }
        let oldest = current.isComplete ? .min : current.entries.last?.publishedMilliseconds ?? .max
        for video in try await videos.find(Array(changed)) where video.publishedMilliseconds ?? 0 >= oldest {
            entries.append(entry(video))
        }
        entries.sort { $0.publishedMilliseconds > $1.publishedMilliseconds }
        install(Array(entries.prefix(capacity)), isComplete: current.isComplete && entries.count <= capacity)
    }

    /// Looks again at the videos of users of whom something else is shown now.
    public func refresh(authors: [UserID]) async throws {
        let changed = Set(authors)
        let ids = snapshot.withLock { $0?.entries.filter { changed.contains($0.authorID) }.map(\.id) } ?? []
        if !ids.isEmpty { try await refresh(videos: ids) }
    }

    private func install(_ entries: [Snapshot.Entry], isComplete: Bool) {
        let new = Snapshot(entries, isComplete: isComplete, renderer: renderer)
        snapshot.withLock { $0 = new }
    }
}
