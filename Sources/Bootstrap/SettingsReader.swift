import Configuration
import SystemPackage

/// Reads settings by name from the environment, then from a file, then takes the default.
///
/// Mistakes are collected and reported together, and names nobody asked for
/// are mistakes too: a misspelt key must not be silently without effect.
public struct SettingsReader {
    /// One setting as it is in force, for `clipyard config`.
    public struct Entry: Sendable, Equatable {
        public var name: String
        /// The value as shown: secrets are not.
        public var value: String
        public var isDefault: Bool
        /// Range, as `docs/settings.md` says it; empty for any text.
        public var allowed: String
    }

    /// The settings read so far.
    public private(set) var entries: [Entry] = []
    private var mistakes: [String] = []
    private let config: ConfigReader
    private let given: Set<String>

    /// The file above, the token of `clipyard publish`, the log of `clipyard-media`, and the clips of the tests.
    private static let readElsewhere: Set = [
        "CLIPYARD_CONFIG", "CLIPYARD_TOKEN", "CLIPYARD_LOG", "CLIPYARD_CORPUS", "CLIPYARD_TEST_SEED",
    ]

    /// Reads names with the prefix `CLIPYARD_`.
    ///
    /// - Parameters:
    ///   - environment: the process's environment.
    ///   - file: lines of `NAME=value`, used for what the environment does not set; `CLIPYARD_CONFIG` names one.
    /// - Throws: ``SettingsError`` if the file cannot be read.
    public init(environment: [String: String], file: String? = nil) async throws {
        var providers: [any ConfigProvider] = [EnvironmentVariablesProvider(environmentVariables: environment)]
        if let file = file ?? environment["CLIPYARD_CONFIG"] {
            do {
                providers.append(try await EnvironmentVariablesProvider(environmentFilePath: FilePath(file)))
            } catch {
                throw SettingsError(mistakes: ["CLIPYARD_CONFIG: the file \(file) cannot be read."])
            }
        }
        config = ConfigReader(providers: providers)
        given = Set(environment.keys.filter { $0.hasPrefix("CLIPYARD_") }).subtracting(Self.readElsewhere)
    }

    /// Reads a text.
    public mutating func string(_ name: String, default fallback: String) -> String {
        string(name, default: fallback, allowed: "")
    }

    private mutating func string(_ name: String, default fallback: String, allowed: String) -> String {
        let value = lookUp(name)
        record(name, value ?? fallback, isDefault: value == nil, allowed: allowed)
        return value ?? fallback
    }

    /// Reads a text that may be absent.
    public mutating func optionalString(_ name: String) -> String? { optionalString(name, allowed: "") }

    private mutating func optionalString(_ name: String, allowed: String) -> String? {
        let value = lookUp(name)
        record(name, value ?? "", isDefault: value == nil, allowed: allowed)
        return value
    }

    /// Notes a mistake if only one of two settings that were read is set.
    public mutating func requireBothOrNeither(_ first: String, _ second: String) {
        let unset = [first, second].filter { lookUp($0) == nil }
        if unset.count == 1 { mistakes.append("\(unset[0]) must be set too: \(first) and \(second) belong together.") }
    }

    /// Reads a text that is never shown.
    public mutating func secret(_ name: String) -> Secret? { secret(name, allowed: "") }

    private mutating func secret(_ name: String, allowed: String) -> Secret? {
        let value = lookUp(name)
        record(name, value == nil ? "" : "<secret>", isDefault: value == nil, allowed: allowed)
        return value.map(Secret.init)
    }

    /// Reads a text that may be absent and must have a certain form.
    public mutating func optionalString(
        _ name: String,
        expecting form: String,
        isGood: (String) -> Bool
    ) -> String? {
        let value = optionalString(name, allowed: form)
        if let value, !isGood(value) { mistakes.append("\(name) is “\(value)”, but must be \(form).") }
        return value
    }

    /// Reads a text that is never shown and must have a certain form.
    public mutating func secret(_ name: String, expecting form: String, isGood: (String) -> Bool) -> Secret? {
        let value = secret(name, allowed: form)
        if let value, !isGood(value.revealed) { mistakes.append("\(name) must be \(form).") }
        return value
    }

    /// Reads a whole number within a range.
    public mutating func integer(_ name: String, default fallback: Int, in range: ClosedRange<Int>) -> Int {
        let allowed = "\(range.lowerBound) to \(range.upperBound)"
        guard let text = lookUp(name) else {
            record(name, "\(fallback)", isDefault: true, allowed: allowed)
            return fallback
        }
        guard let value = Int(text), range.contains(value) else {
            mistakes.append("\(name) is “\(text)”, but must be a whole number from \(allowed).")
            return fallback
        }
        record(name, text, isDefault: false, allowed: allowed)
        return value
    }

    /// Reads a number of days, or `forever`, the default, which is `nil`.
    public mutating func days(_ name: String, in range: ClosedRange<Int>) -> Int? {
        let text = lookUp(name) ?? "forever"
        let days = Int(text)
        let allowed = "\(range.lowerBound) to \(range.upperBound), or forever"
        guard text == "forever" || days.map(range.contains) == true else {
            mistakes.append("\(name) is “\(text)”, but must be a whole number of days from \(allowed).")
            return nil
        }
        record(name, text, isDefault: text == "forever", allowed: allowed)
        return days
    }

    /// Reads a number of seconds, or `forever`, the default, which is `nil`.
    public mutating func seconds(_ name: String, in range: ClosedRange<Int>) -> Int? {
        let text = lookUp(name) ?? "forever"
        let seconds = Int(text)
        let allowed = "\(range.lowerBound) to \(range.upperBound), or forever"
        guard text == "forever" || seconds.map(range.contains) == true else {
            mistakes.append("\(name) is “\(text)”, but must be a whole number of seconds from \(allowed).")
            return nil
        }
        record(name, text, isDefault: text == "forever", allowed: allowed)
        return seconds
    }

    /// Reads texts with commas between them, each of a certain form.
    public mutating func list(
        _ name: String,
        default fallback: String = "",
        expecting form: String,
        isGood: (String) -> Bool
    ) -> [String] {
        let text = string(name, default: fallback, allowed: form)
        let items = text.split(separator: ",").map { String($0.filter { $0 != " " }) }
        if !items.allSatisfy(isGood) { mistakes.append("\(name) is “\(text)”, but must be \(form).") }
        return items
    }

    private static let rateForm = "a count and seconds, as in 600/60, or off"

    /// Reads a count and seconds, or `off`.
    public mutating func rate(_ name: String, default fallback: String) -> Rate? {
        let text = lookUp(name)
        let rate = Rate(text ?? fallback)
        if let text, text != "off", rate == nil {
            mistakes.append("\(name) is “\(text)”, but must be \(Self.rateForm).")
        } else {
            record(name, text ?? fallback, isDefault: text == nil, allowed: Self.rateForm)
        }
        return rate
    }

    /// Reads one of a few words.
    public mutating func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String,
        default fallback: Value
    ) -> Value where Value.RawValue == String {
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        guard let text = lookUp(name) else {
            record(name, fallback.rawValue, isDefault: true, allowed: words)
            return fallback
        }
        guard let value = Value(rawValue: text) else {
            mistakes.append("\(name) is “\(text)”, but must be one of: \(words).")
            return fallback
        }
        record(name, text, isDefault: false, allowed: words)
        return value
    }

    /// Throws if anything that was read, or given and never read, is wrong.
    public func validate() throws(SettingsError) {
        let unknown = given.subtracting(entries.map(\.name)).subtracting(mistaken).sorted()
            .map { "\($0) is not a setting of Clipyard; `clipyard config` lists them all." }
        let all = mistakes + unknown
        guard all.isEmpty else { throw SettingsError(mistakes: all) }
    }

    private var mistaken: [String] { mistakes.compactMap { $0.split(separator: " ").first.map(String.init) } }

    private mutating func record(_ name: String, _ value: String, isDefault: Bool, allowed: String) {
        entries.append(Entry(name: name, value: value, isDefault: isDefault, allowed: allowed))
    }

    /// An empty value counts as absent, as in `CLIPYARD_PORT= make up`.
    private func lookUp(_ name: String) -> String? {
        let key = ConfigKey(name.lowercased().split(separator: "_").map(String.init))
        guard let value = config.string(forKey: key), !value.isEmpty else { return nil }
        return value
    }
}
