import Foundation
public import Logging
import Synchronization

/// Answers what is to be done with a user's text, by a word list that can change while the program runs.
public final class Moderator: Sendable {
    public let policies: [ModeratedField: ModerationPolicy]

    private let path: String?
    private let logger: Logger
    private let filter: Mutex<WordFilter?>
    /// What the file was when it was last read, well or badly; `nil` if it was not there.
    ///
    /// Locked while the file is read, which keeps an older list from replacing a newer one.
    private let stamp: Mutex<FileStamp?>

    /// Reads the list, so that a program does not start with a broken one.
    ///
    /// - Parameters:
    ///   - path: the word list; without one nothing is ever found.
    ///   - policies: for the fields that differ from their ``ModeratedField/defaultPolicy``.
    ///   - logger: hears of reloads and of files that cannot be used.
    /// - Throws: why the list cannot be used.
    public init(
        wordListPath path: String?,
        policies: [ModeratedField: ModerationPolicy] = [:],
        logger: Logger = Logger(label: "clipyard.moderation")
    ) throws(WordListError) {
        let defaults = ModeratedField.allCases.map { ($0, $0.defaultPolicy) }
        self.policies = Dictionary(uniqueKeysWithValues: defaults).merging(policies) { $1 }
        self.path = path
        self.logger = logger
        // Taken before reading: what is written meanwhile then differs from it.
        stamp = Mutex(path.flatMap { FileStamp(ofFileAt: $0) })
        filter = Mutex(nil)
        if let path { try load(path) }
    }

    public func check(_ text: String, as field: ModeratedField) -> ModerationOutcome {
        let policy = policies[field, default: .off]
        guard policy != .off, let filter = filter.withLock({ $0 }) else { return .clean }
        switch policy {
        case .off: return .clean
        case .refuse: return filter.contains(text) ? .refused : .clean
        case .hold: return filter.contains(text) ? .held : .clean
        case .mask:
            let masked = filter.mask(text)
            // Byte by byte: `==` holds canonically equivalent texts to be the same.
            return masked.utf8.elementsEqual(text.utf8) ? .clean : .masked(masked)
        }
    }

    /// Reads the list again if the file is another than the last time.
    ///
    /// A file that is broken or gone is told once; the words stay as they were until there is a good one.
    ///
    /// - Returns: whether there is a new list now.
    /// - Throws: why a changed file cannot be used.
    @discardableResult
    public func reloadIfChanged() throws(WordListError) -> Bool {
        guard let path else { return false }
        return try stamp.withLock { last throws(WordListError) in
            let now = FileStamp(ofFileAt: path)
            guard now != last else { return false }
            last = now
            try load(path)
            return true
        }
    }

    /// Keeps the list up to date until the task is cancelled.
    public func run(checkingEvery interval: Duration = .seconds(2)) async {
        while (try? await Task.sleep(for: interval)) != nil {
            do {
                guard try reloadIfChanged() else { continue }
                logger.info("Word list reloaded", metadata: ["moderation.list": "\(path ?? "")"])
            } catch {
                logger.error("Word list not usable, the last good one stays: \(error)")
            }
        }
    }

    private func load(_ path: String) throws(WordListError) {
        let loaded = WordFilter(try WordList(contentsOfFile: path))
        filter.withLock { $0 = loaded }
    }
}
