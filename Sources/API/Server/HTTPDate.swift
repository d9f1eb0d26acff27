import Foundation
import Synchronization

/// The time as HTTP writes it (RFC 9110, 5.6.7); its text is made once a second.
enum HTTPDate {
    private static let last = Mutex((second: Int64.min, text: ""))

    static var now: String {
        let second = Int64(Date().timeIntervalSince1970)
        return last.withLock { last in
            if last.second != second { last = (second, format(Date(timeIntervalSince1970: Double(second)))) }
            return last.text
        }
    }

    static func format(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: date)
    }
}
