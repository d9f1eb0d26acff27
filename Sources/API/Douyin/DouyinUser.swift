import Database
import Domain

/// A user as clients know one.
struct DouyinUser: Encodable, Sendable, Equatable {
    var id: Int64 = 0
    var name = ""
    var followCount: Int64 = 0
    var followerCount: Int64 = 0
    var isFollow = false
    var avatar = ""
    var backgroundImage = ""
    var signature = ""
    var totalFavorited: Int64 = 0
    var workCount: Int64 = 0
    var favoriteCount: Int64 = 0

    enum CodingKeys: String, CodingKey {
        case id, name, avatar, signature
        case followCount = "follow_count"
        case followerCount = "follower_count"
        case isFollow = "is_follow"
        case backgroundImage = "background_image"
        case totalFavorited = "total_favorited"
        case workCount = "work_count"
        case favoriteCount = "favorite_count"
    }
}

extension DouyinUser {
    init(_ user: UserProfile, addresses: PublicAddresses) {
        id = user.id.rawValue
        name = user.name
        signature = user.signature
        avatar = addresses.avatar
        backgroundImage = addresses.background
        workCount = user.workCount
    }
}
