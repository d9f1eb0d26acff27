import ArgumentParser
import Database
import Domain

struct ReviewsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reviews",
        abstract: "Decide about texts that the word filter holds back.",
        discussion: "Texts are held where CLIPYARD_MODERATE_TITLE, …_COMMENT and so on say `hold`.",
        subcommands: [List.self, Approve.self, Refuse.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what waits: kind, number, author and text, oldest first within each kind."
        )

        @Option(help: "How many at most.")
        var limit = 50

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit must be at least 1.") }
        }

        func run() async throws {
            try await withDatabase { pool in
                for held in try await Reviews(pool).list(limit: limit) {
                    print("\(held.kind.rawValue)\t\(held.id)\tuser \(held.authorID)\t\(held.line)")
                }
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let everyone see a text.")

        @OptionGroup var text: ReviewedText

        func run() async throws {
            try await text.decide { try await $0.approve($1, $2) }
            print("The \(text.name) is approved.")
        }
    }

    struct Refuse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Drop a text.",
            discussion: """
                A video is hidden, a comment and a message are deleted, and of a name and a signature the one shown so far stays.
                """
        )

        @OptionGroup var text: ReviewedText

        func run() async throws {
            try await text.decide { try await $0.refuse($1, $2) }
            print("The \(text.name) is refused.")
        }
    }
}

/// Which text is decided about, as `clipyard reviews list` names it.
struct ReviewedText: ParsableArguments {
    @Argument(help: "What it is: \(kinds).", transform: heldKind)
    var kind: HeldText.Kind

    @Argument(help: "Its number; of names and signatures the user's.")
    var id: Int64

    var name: String { "\(kind.rawValue) \(id)" }

    func decide(_ body: (Reviews, HeldText.Kind, Int64) async throws -> Bool) async throws {
        try await withDatabase { pool in
            guard try await body(Reviews(pool), kind, id) else { throw UpError("No \(name) waits for a review.") }
        }
    }
}

private let kinds = HeldText.Kind.allCases.map(\.rawValue).joined(separator: ", ")

@Sendable private func heldKind(_ text: String) throws -> HeldText.Kind {
    guard let kind = HeldText.Kind(rawValue: text) else {
        throw ValidationError("There is no kind “\(text)”; there are \(kinds).")
    }
    return kind
}

extension HeldText {
    /// The text without what would break the line or reach the terminal as a command.
    fileprivate var line: String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isControlOrFormat ? " " : $0 }))
    }
}

extension Unicode.Scalar {
    fileprivate var isControlOrFormat: Bool {
        [.control, .format, .lineSeparator, .paragraphSeparator].contains(properties.generalCategory)
    }
}
